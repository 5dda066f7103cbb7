"""The room: a questionnaire handed out, answers collected, a class seen together, a plan."""
