"""Practice and the drill: invented people, harmless samples, the whole job played through."""
