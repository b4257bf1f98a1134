"""What the condition costs: debt, remaining life, treatments and the programme."""
