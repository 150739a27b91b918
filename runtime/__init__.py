"""What every process reads at its start: settings, logs."""
