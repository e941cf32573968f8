"""Learning timing plans in simulation: environments, imitation of the planner, training, export."""
