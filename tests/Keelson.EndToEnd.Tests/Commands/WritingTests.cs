using System.Text.RegularExpressions;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>
/// The commands that change things: the same lines with the machine's newest kubectl in one namespace, with the
/// program's own commands in another, and what both print.
/// </summary>
public sealed partial class WritingTests(CommandCluster cluster) : IClassFixture<CommandCluster>
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: a, image: "registry.example/a:1", ports: [{containerPort: 80}], env: [{name: X, value: "1"}]}
              - {name: b, image: "registry.example/b:1"}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {color: green, size: big}
        """;

    private const string ChangedWeb = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: a, image: "registry.example/a:2", ports: [{containerPort: 80}], env: [{name: Z, value: "2"}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {color: green}
        """;

    private const string Maps = """
        {"apiVersion":"v1","kind":"List","items":[
          {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one","labels":{"kind":"map"}}},
          {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two","labels":{"kind":"map"}}}]}
        """;

    [Fact]
    public Task Objects_are_created_and_deleted() => CompareAsync("make",
    [
        new("create -f -", Maps), new("create -f -", Maps), new("get cm -l kind=map -o name"),
        new("create -f -", "apiVersion: v1\nkind: Nonsense\nmetadata: {name: x}\n"),
        new("create -f -", "apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: []}\n"),
        new("create -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\nnonsense: 1\n"),
        new("create -f -", "kind: [\n"), new("create -f /nonexistent.yaml"), new("create"),
        new("create -f - --dry-run=client", "{apiVersion: v1, kind: Secret, metadata: {name: s}}"),
        new("create -f - --dry-run=server", "{apiVersion: v1, kind: Secret, metadata: {name: s}}"),
        new("create -f - -o name", "{apiVersion: v1, kind: Secret, metadata: {name: s}}"),
        new("delete cm one"), new("delete cm one"), new("delete cm one --ignore-not-found"),
            new("delete cm/two secret/s"),
        new("delete cm -l kind=absent"), new("delete cm"), new("delete"), new("create -f -", Maps),
            new("delete -f -", Maps),
        new("delete -f -", Maps), new("create -f -", Maps), new("delete cm -l kind=map"), new("get cm -l kind=map"),
    ]);

    [Fact]
    public Task Applying_changes_what_the_file_says_and_no_more() => CompareAsync("apply",
    [
        new("apply -f -", Web), new("apply -f -", Web),
            new("wait --for=condition=Available deployment/web --timeout=30s"),
        new("scale deployment web --replicas=1"), new("apply -f - --dry-run=server", ChangedWeb),
            new("apply -f -", ChangedWeb),
        new("get deploy web -o jsonpath={.spec}"), new("get deploy web -o jsonpath={.metadata.annotations}"),
        new("get cm settings -o jsonpath={.data}"), new("apply -f -", ChangedWeb),
        new("create -f -", Maps), new("apply -f -", Maps), new("apply -f -", Maps),
        new("apply -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n"),
        new("apply -f - --server-side", "{apiVersion: v1, kind: ConfigMap, metadata: {name: three}, data: {a: b}}"),
        new("apply -f - --server-side",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {color: red}}"),
        new("apply -f - --server-side --force-conflicts",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {color: red}}"),
        new("get cm settings -o jsonpath={.data}"), new("apply"),
    ]);

    [Fact]
    public Task Workloads_are_scaled_and_rolled_out_and_back() => CompareAsync("roll",
    [
        new("apply -f -", Web), new("rollout status deployment/web --timeout=30s"),
            new("rollout history deployment/web"),
        new("rollout pause deployment/web"), new("rollout pause deployment/web"), new("rollout restart deployment web"),
        new("rollout resume deployment/web"), new("rollout resume deployment/web"), new("rollout undo deployment/web"),
        new("apply -f -", ChangedWeb), new("rollout status deployment web --timeout=30s"),
        new("rollout history deployment/web"), new("rollout history deployment/web --revision=1"),
        new("rollout undo deployment/web --to-revision=1"), new("rollout undo deployment/web --to-revision=9"),
        new("get deploy web -o jsonpath={.spec.template.spec.containers[*].image}"),
        new("scale deployment/web --replicas=3"), new("scale deploy web --replicas=1 --current-replicas=2"),
        new("scale deploy web --replicas=1 --current-replicas=3"), new("scale deploy absent --replicas=1"),
        new("scale deploy web"), new("scale cm settings --replicas=1"), new("rollout status cm/settings"),
        new("rollout status"),
    ]);

    [Fact]
    public Task Labels_and_annotations_are_set_and_taken_away() => CompareAsync("label",
    [
        new("create -f -", Maps), new("label cm one a=b c=d"), new("label cm one a=b"), new("label cm one a=x"),
        new("label cm one a=x --overwrite"), new("label cm one a-"), new("label cm one absent-"),
            new("label cm absent a=b"),
        new("label cm --all stage=test"), new("label cm -l kind=map stage-"), new("label cm one"),
           
        new("annotate cm one note='a b'"), new("annotate cm one note=c"), new("annotate cm one note=c --overwrite"),
        new("annotate cm one note-"), new("annotate cm two x=y --dry-run=client"), new("get cm --show-labels"),
        new("label cm one a=b -o jsonpath={.metadata.labels}"),
    ]);

    [Fact]
    public Task Waiting_and_events_and_the_rest() => CompareAsync("wait",
    [
        new("create -f -", Maps), new("wait --for=delete cm/absent"), new("wait --for=create cm/one"),
        new("wait --for=jsonpath='{.metadata.name}'=one cm/one"),
        new("wait --for=jsonpath='{.metadata.name}'=two cm/one --timeout=1s"),
        new("wait --for=condition=Ready cm/one --timeout=1s"), new("wait --for=condition=Ready pod/absent"),
        new("wait --for=nonsense cm/one"), new("wait cm/one --for=condition=Ready=Unknown --timeout=0s"), new("events"),
        new("events --for cm/one"), new("events --types=Nonsense"), new("top node"), new("top pod"), new("logs absent"),
        new("exec absent -- true"), new("port-forward pod/absent 80"),
    ]);

    [Fact]
    public async Task Nodes_are_closed_and_emptied_and_opened_again()
    {
        Assert.SkipWhen(CommandCluster.Kubectl is null, "there is no kubectl on the PATH");
        foreach (int node in (int[])[0, 1])
        {
            await cluster.NamespaceAsync($"drain-{node}");
            await cluster.PostAsync($"/api/v1/namespaces/drain-{node}/pods", $$$"""
                {"metadata":{"name":"lonely","labels":{"app":"lonely"}},
                 "spec":{"nodeName":"node-{{{node}}}","terminationGracePeriodSeconds":0,
                 "containers":[{"name":"c","image":"registry.example/c:1"}],"volumes":[{"name":"v","emptyDir":{}}]}}
                """);
            await cluster.EventuallyAsync(
                $"/api/v1/namespaces/drain-{node}/pods/lonely", pod => (string?)pod["status"]?["phase"] == "Running");
        }

        foreach (string line in (string[])
            ["cordon NODE", "cordon NODE", "uncordon NODE", "uncordon NODE", "cordon absent", "cordon",
             "drain NODE --pod-selector=app=lonely", "drain NODE --force --pod-selector=app=lonely",
             "drain NODE --force --delete-emptydir-data --pod-selector=app=lonely", "uncordon NODE"])
        {
            CommandRun kubectl = await CommandRun.ProgramAsync(
                CommandCluster.Kubectl, cluster.Kubeconfig, CommandLineWords.Split(line.Replace("NODE", "node-0")));
            CommandRun keelson = await CommandRun.KeelsonAsync(
                cluster.Kubeconfig, CommandLineWords.Split(line.Replace("NODE", "node-1")));
            keelson = keelson with
            {
                Output = keelson.Output.Replace("node-1", "node-0").Replace("drain-1", "drain-0"),
                Error = keelson.Error.Replace("node-1", "node-0").Replace("drain-1", "drain-0"),
            };
            string? difference = SameOutput.Difference(kubectl, keelson);
            Assert.True(difference is null, $"$ {line}\n{difference}");
        }
    }

    /// <summary>Plays lines with both programs, each in its namespace.</summary>
    private async Task CompareAsync(string name, Step[] steps)
    {
        Assert.SkipWhen(CommandCluster.Kubectl is null, "there is no kubectl on the PATH");
        string left = name + "-1";
        string right = name + "-2";
        await cluster.NamespaceAsync(left);
        await cluster.NamespaceAsync(right);
        await cluster.EventuallyAsync($"/api/v1/namespaces/{left}/configmaps/kube-root-ca.crt", static _ => true);
        await cluster.EventuallyAsync($"/api/v1/namespaces/{right}/configmaps/kube-root-ca.crt", static _ => true);
        List<string> differences = [];
        foreach (Step step in steps)
        {
            Task<CommandRun> kubectl = CommandRun.ProgramAsync(
                CommandCluster.Kubectl, cluster.Kubeconfig, Words(step, left), step.Input);
            CommandRun keelson = await CommandRun.KeelsonAsync(cluster.Kubeconfig, Words(step, right), step.Input);
            CommandRun expected = Settled(await kubectl, left);
            if (SameOutput.Difference(expected, Settled(keelson, right)) is { } difference)
            {
                differences.Add($"$ {step.Line}\n{difference}\n");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n" + string.Join('\n', differences));
    }

    private static string[] Words(Step step, string @namespace)
    {
        List<string> words = [.. CommandLineWords.Split(step.Line)];
        int dash = words.IndexOf("--");
        words.InsertRange(dash < 0 ? words.Count : dash, ["-n", @namespace]);
        return [.. words];
    }

    /// <summary>What differs between any two runs: the namespace, times, generated names, and how far a rollout was
    /// seen to be.</summary>
    private static CommandRun Settled(CommandRun run, string @namespace) => run with
    {
        Output = Generated().Replace(Progress().Replace(run.Output.Replace(@namespace, "NS"), ""), "<generated>"),
        Error = Generated().Replace(run.Error.Replace(@namespace, "NS"), "<generated>"),
    };

    [GeneratedRegex(@"(?m)^Waiting for .*\n|\d{4}-\d\d-\d\dT[\d:]+(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Progress();

    [GeneratedRegex(@"(?<=pod-template-hash=)\S+|resourceVersion: ""\d+""")]
    private static partial Regex Generated();

    private sealed record Step(string Line, string Input = "");
}
