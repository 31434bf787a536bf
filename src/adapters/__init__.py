"""The technologies behind the ports and in front of the use cases. Only `aion.app.container` names one."""
