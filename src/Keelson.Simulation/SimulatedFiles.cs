using System.Collections.Concurrent;

namespace Keelson.Simulation;

/// <summary>The files that pods made on a simulated node; only that they are there.</summary>
internal sealed class SimulatedFiles
{
    private readonly ConcurrentDictionary<string, byte> _files = [];

    public bool Contains(string path) => _files.ContainsKey(path);

    public void Add(string path) => _files[path] = 0;
}
