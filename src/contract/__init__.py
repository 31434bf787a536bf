"""What the generated messages in aion.v1 need at run time and no installed package offers."""
