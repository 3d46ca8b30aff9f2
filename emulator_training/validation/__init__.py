"""How good the networks are, on canopies that they have not seen."""
