using System.Globalization;
using Keelson.Cluster.Bench;

// Usage: SCENARIO [NODES [PODS [ROUNDS]]]
string scenario = args.Length > 0 ? args[0] : "basic";
int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
int nodes = Number(1, 500);
await using BenchCluster cluster = await BenchCluster.StartAsync();
Scenarios scenarios = new(cluster, nodes, Number(2, 3000));
if (!scenarios.All.ContainsKey(scenario))
{
    Console.Error.WriteLine($"There is no scenario {scenario}, only {string.Join(", ", scenarios.All.Keys)}.");
    return 2;
}

await cluster.MeasureAsync($"{nodes} nodes up", nodes, () => cluster.AddNodesAsync(nodes));
await scenarios.RunAsync(scenario, Number(3, 2));
return 0;
