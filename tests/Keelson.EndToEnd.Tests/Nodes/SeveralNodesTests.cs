namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>Nodes that joined a cluster: three machines on one network, with containers.</summary>
public sealed class SeveralNodesTests
{
    private const string Script =
        "printf '#!/bin/sh\\nwhile read x; do [ ${#x} -le 1 ] && break; done\\nhostname\\n' > /answer; "
        + "chmod +x /answer; echo serving; exec nc -ll -p 80 -e /answer";

    private static readonly string Manifest = $$$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: web, namespace: default}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: web, image: busybox, command: [sh, -c, "{{{Script.Replace("\\", "\\\\")}}}"]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: default}
        spec:
          selector: {app: web}
          ports: [{port: 80}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: movable, namespace: default}
        spec:
          replicas: 1
          selector: {matchLabels: {app: movable}}
          template:
            metadata: {labels: {app: movable}}
            spec:
              terminationGracePeriodSeconds: 1
              tolerations:
              - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
              - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
              affinity:
                nodeAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                  - weight: 100
                    preference:
                      matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n2]}]
              containers:
              - {name: c, image: busybox, command: [sleep, "10000"]}
        """;

    [Fact]
    public async Task Nodes_that_joined_carry_one_network_and_a_dead_one_loses_its_pods_to_the_others()
    {
        NodeClusterFixture.SkipUnlessPossible();
        Assert.SkipUnless(File.Exists("/usr/bin/nsenter") && File.Exists("/usr/bin/unshare"), "needs util-linux");
        await using SeveralNodes nodes = await SeveralNodes.StartAsync();
        await ReadyAsync(nodes, "n0=True n1=True n2=True");
        await nodes.KeelsonAsync(["apply", "-f", "-"], Manifest);
        await nodes.EventuallyAsync(
            ["get", "daemonset", "web", "-o", "jsonpath={.status.numberReady}"], static said => said == "3");
        string listed = await nodes.KeelsonAsync(
        [
            "get", "pods", "-l", "app=web", "-o",
            "jsonpath={range .items[*]}{.metadata.name},{.status.podIP}{\" \"}{end}",
        ]);
        (string Name, string Address)[] pods =
            [.. listed.Split(' ').Select(static pair => pair.Split(',')).Select(static one => (one[0], one[1]))];
        Assert.Equal(3, pods.Length);
        Assert.Equal(3, pods.Select(static one => one.Address[..one.Address.LastIndexOf('.')]).Distinct().Count());
        foreach ((string name, _) in pods)
        {
            await ReachesAllAsync(nodes, name, pods);
        }

        await LosesItsPodsAsync(nodes);
        await StartsInTheBackgroundAsync(nodes);
    }

    /// <summary>The machine that was killed: its node is started in the background, looked at, stopped and removed.
    /// </summary>
    private static async Task StartsInTheBackgroundAsync(SeveralNodes nodes)
    {
        string said = await nodes.StartLookStopResetAsync(2);
        foreach (string part in (string[])
        [
            "join ended with 0", "runs already (process ", "another ended with 1", "as node n2, data in",
            "API server   answers", "Node         n2 is Ready", "Description=Keelson, a node of a Kubernetes cluster",
            " join --data-dir ", " --node-name n2 --no-install", "Stopping the node n2 of the cluster at https://",
            "stop ended with 0", "Start it with: keelson join", "status ended with 3", "kubectl delete node n2",
            "reset ended with 0",
        ])
        {
            Assert.True(said.Contains(part, StringComparison.Ordinal), $"\"{part}\" is missing in {said}");
        }

        Assert.False(nodes.Keeps(2));
    }

    private static async Task ReachesAllAsync(
        SeveralNodes nodes, string from, IReadOnlyList<(string Name, string Address)> pods)
    {
        Assert.Equal("serving", await nodes.KeelsonAsync(["logs", from]));
        foreach ((string name, string address) in pods)
        {
            Assert.Equal(name, await nodes.KeelsonAsync(["exec", from, "--", "get", address]));
        }

        string answers = await nodes.KeelsonAsync(
        [
            "exec", from, "--", "sh", "-c",
            "i=0; while [ $i -lt 40 ]; do get web.default.svc.cluster.local; i=$((i+1)); done",
        ]);
        Assert.Equal(
            pods.Select(static one => one.Name).Order(StringComparer.Ordinal),
            answers.Split('\n', StringSplitOptions.TrimEntries).Distinct().Order(StringComparer.Ordinal));
    }

    private static async Task LosesItsPodsAsync(SeveralNodes nodes)
    {
        string[] where =
        [
            "get", "pods", "-l", "app=movable", "-o",
            "jsonpath={range .items[*]}{.spec.nodeName}={.status.phase}{\" \"}{end}",
        ];
        await nodes.EventuallyAsync(where, static said => said == "n2=Running");
        await nodes.KillAsync(2);
        await ReadyAsync(nodes, "n0=True n1=True n2=Unknown");
        await nodes.EventuallyAsync(
            ["get", "node", "n2", "-o", "jsonpath={.spec.taints[*].effect}"],
            static said => said.Contains("NoExecute", StringComparison.Ordinal));
        await nodes.EventuallyAsync(
            where, static said => said.Contains("n0=Running", StringComparison.Ordinal)
                || said.Contains("n1=Running", StringComparison.Ordinal));
    }

    private static Task ReadyAsync(SeveralNodes nodes, string states) => nodes.EventuallyAsync(
        [
            "get", "nodes", "-o",
            "jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type==\"Ready\")].status}{\" \"}{end}",
        ],
        said => said == states);
}
