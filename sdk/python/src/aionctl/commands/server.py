"""Commands that ask what the server is and can do: intents, modules, server info."""

from aionctl.borrowed import supplied_by
from aionctl.output import tables
from aionctl.output.form import Form, write_document
from aionctl.session import Session, session


@supplied_by(session=session)
def intents(session: Session) -> None:
    """List what can be asked for."""
    found = list(session.client.intents.list())
    if session.form is Form.TABLE:
        tables.show_intents(found)
    else:
        write_document(found, session.form)


@supplied_by(session=session)
def modules(session: Session) -> None:
    """List the installed modules."""
    found = list(session.client.modules.list())
    if session.form is Form.TABLE:
        tables.show_modules(found)
    else:
        write_document(found, session.form)


@supplied_by(session=session)
def info(session: Session) -> None:
    """Show the server's version and limits."""
    found = session.client.server_info()
    if session.form is Form.TABLE:
        tables.show_server(found)
    else:
        write_document(found, session.form)
