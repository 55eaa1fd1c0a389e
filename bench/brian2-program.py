"""Builds the LIF network of a folder (bench/brian2.mjs) as a C++ standalone program of Brian2, one thread; it prints spikes and processor seconds."""

import sys

import numpy as np
from brian2 import NeuronGroup, SpikeMonitor, Synapses, defaultclock, device, prefs, run, second, set_device

folder, build, dt, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
set_device("cpp_standalone", directory=build, build_on_run=False)
prefs.devices.cpp_standalone.openmp_threads = 0
defaultclock.dt = dt * second
network = {name: np.load(f"{folder}/{name}.npy") for name in ("voltages", "sources", "targets", "constants")}
tau, drive, weight = network["constants"]
names = {"tau": tau * second, "drive": drive, "weight": weight}
neurons = NeuronGroup(
    len(network["voltages"]), "dv/dt = (drive - v) / tau : 1", threshold="v > 0", reset="v = -1", method="exact", namespace=names
)
neurons.v = network["voltages"]
synapses = Synapses(neurons, neurons, on_pre="v_post += weight", namespace=names)
synapses.connect(i=network["sources"], j=network["targets"])
spikes = SpikeMonitor(neurons, name="spikes")
device.insert_code("before_network_run", "const std::clock_t begun = std::clock();")
device.insert_code(
    "after_network_run",
    'printf("%d %.6f\\n", brian::_array_spikes_N[0], double(std::clock() - begun) / CLOCKS_PER_SEC);',
)
run(seconds * second)
device.build(directory=build, compile=True, run=False)
