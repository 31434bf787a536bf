"""Other systems that do part of AION's job, measured in one run with it: a job is submitted, its result waited for."""
