"""Our side of the engine, and no workflow: client, names, delivery, what starts a case."""
