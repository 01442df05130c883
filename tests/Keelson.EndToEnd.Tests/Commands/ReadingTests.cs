using System.Collections.Concurrent;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>The commands that read, beside the machine's newest kubectl on the same objects.</summary>
public sealed class ReadingTests(CommandCluster cluster) : IClassFixture<CommandCluster>
{
    private const string InShop = " -n " + CommandCluster.Namespace;

    [Fact]
    public Task Lists_are_kubectls() => CompareAsync(
    [
        "get pods", "get po -o wide", "get pods -A", "get deploy,rs,sts,ds", "get deployment web", "get all",
        "get pods --show-labels", "get pods -L app,pod-template-hash", "get pods -l app=web", "get pods --no-headers",
        "get services --sort-by=.metadata.name", "get pods --sort-by={.metadata.name}", "get svc/web deploy/web",
        "get pods --field-selector status.phase=Running -o name", "get nodes -o wide", "get deploy web --show-kind",
        "get pods -l app=absent", "get jobs -A -l app=absent", "get pvc,pv", "get ingress", "get cronjobs",
        "get configmaps settings --ignore-not-found", "get configmaps absent --ignore-not-found", "get ns",
        "get deployments.v1.apps", "get deployments.apps/web", "get lease held", "get quota", "get sa",
    ]);

    [Fact]
    public Task Objects_are_printed_in_every_form() => CompareAsync(
    [
        "get deploy web -o yaml", "get deploy web -o json", "get svc -o yaml", "get cm settings -o json",
        "get secret keys -o yaml", "get svc web db -o yaml", "get svc,cm -o name", "get svc web -o name",
        "get svc web -o jsonpath={.spec.ports[0].port}", "get svc web -o jsonpath={.spec.ports}",
        "get svc -o 'jsonpath={range .items[*]}{.metadata.name}{\"\\t\"}{.spec.ports[*].port}{\"\\n\"}{end}'",
        "get svc web -o 'jsonpath={.spec.ports[?(@.name==\"other\")].port}'",
        "get svc web -o 'jsonpath={.metadata.labels.app} and {.absent}'",
            "get svc web -o jsonpath={.spec.ports[-1:].name}",
        "get svc web -o jsonpath={.spec.ports[0:1].name}", "get cm settings -o jsonpath={.data.text}",
        "get svc -o custom-columns=NAME:.metadata.name,PORTS:.spec.ports[*].port,NONE:.spec.absent",
        "get svc web -o yaml --show-managed-fields", "get pods -l app=absent -o yaml",
            "get deploy web -o json --subresource=scale",
    ]);

    [Fact]
    public Task Mistakes_are_told_in_kubectls_words() => CompareAsync(
    [
        "get foos", "get pods absent", "get pods absent gone", "get svc web absent", "get foos.example.com",
        "get pods web -l app=web", "get pods/web svc", "get svc web -A", "get pods -l '=x'",
        "get pods --field-selector nonsense=1", "get pods --nonsense", "get absent/x", "get pods -n absent",
        "describe pod absent", "describe foos", "describe pods -l app=absent",
            "get svc web -o jsonpath={.spec.ports[9]}",
        "get a/b/c", "get pods/",
    ]);

    [Theory]
    [InlineData("pods")]
    [InlineData("deploy web", "rs", "sts db", "ds agent")]
    [InlineData("job report", "cronjob nightly")]
    [InlineData("svc", "ingress web")]
    [InlineData("cm settings", "secret keys", "sa default", "pvc data", "pv disk")]
    [InlineData(
        "ns shop", "ns default", "priorityclass system-node-critical", "lease held", "quota bounds", "limits sizes")]
    [InlineData("nodes")]
    [InlineData("deploy,svc -l app=web", "deploy/web svc/web", "pods web", "deploy w")]
    public Task Descriptions_are_kubectls(params string[] what) =>
        CompareAsync([.. what.Select(one => "describe " + one)]);

    private async Task CompareAsync(string[] lines)
    {
        Assert.SkipWhen(CommandCluster.Kubectl is null, "there is no kubectl on the PATH");
        await cluster.FillAsync();
        ConcurrentQueue<string> differences = [];
        await Parallel.ForEachAsync(lines, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (line, _) =>
        {
            string full = line.Contains(" -A") || line.Contains(" -n ") ? line : line + InShop;
            if (await cluster.CompareAsync(full) is { } difference)
            {
                differences.Enqueue(difference);
            }
        });

        Assert.True(differences.IsEmpty, $"{differences.Count} differ:\n" + string.Join('\n', differences));
    }
}
