"""Free ports stay free while the server that has one is away."""

import socket

from embedded.processes import LOOPBACK, PORTS, free_ports


def test_no_port_is_one_of_a_connection_going_out() -> None:
    """The system gives those to whoever connects, and may while a server starts again."""
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert set(ports) <= set(PORTS)
    with socket.socket() as going_out:
        going_out.bind((LOOPBACK, 0))
        assert going_out.getsockname()[1] not in PORTS


def test_a_port_that_somebody_listens_on_is_passed_over() -> None:
    """As often as it is drawn."""
    with socket.socket() as taken:
        taken.bind((LOOPBACK, free_ports(1)[0]))
        assert taken.getsockname()[1] not in free_ports(50)
