using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Conformance;
using Keelson.EndToEnd.Tests.Conformance.Cli;
using Keelson.EndToEnd.Tests.Kubectl;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>An autoscaler over what containers really use: from their control groups to replicas.</summary>
[Collection(NodeClusterCollection.Name)]
public sealed class AutoscalerTests(NodeClusterFixture cluster)
{
    // A pod works while a file is there, and may use twice what it asks for, which is four times what is wanted.
    private const string Deployment =
        """
        metadata: {name: burn}
        spec:
          selector: {matchLabels: {app: burn} }
          template:
            metadata: {labels: {app: burn} }
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: c
                image: busybox
                command:
                - sh
                - -c
                - >-
                  while true; do
                  if [ -e /tmp/burn ]; then i=0; while [ $i -lt 1000 ]; do i=$((i+1)); done; else sleep 0.1; fi;
                  done
                resources: {requests: {cpu: 50m, memory: 16Mi}, limits: {cpu: 100m, memory: 32Mi} }
        """;

    private const string Autoscaler =
        """
        metadata: {name: burn}
        spec:
          minReplicas: 1
          maxReplicas: 3
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: burn}
          metrics:
          - type: Resource
            resource: {name: cpu, target: {type: Utilization, averageUtilization: 50} }
          behavior: {scaleDown: {stabilizationWindowSeconds: 0} }
        """;

    [Fact]
    public async Task A_deployment_grows_with_what_its_containers_burn_and_shrinks_when_they_rest()
    {
        Workspace space = await RealPods.SpaceAsync(cluster);
        Resource autoscalers = space.In("autoscaling/v2", "horizontalpodautoscalers");
        await space.Deployments.CreateAsync(Deployment);
        string first = (await space.ReadyPodsAsync("app=burn", 1))[0].Name();
        await autoscalers.CreateAsync(Autoscaler);
        await space.ShellAsync(first, "touch /tmp/burn");

        // Four pods would be needed; the bound is three.
        JsonNode grown = await autoscalers.UntilAsync(
            "burn",
            static one => one.Number("status.desiredReplicas") == 3 && Condition(one, "ScalingLimited") == "True");
        Assert.Equal("TooManyReplicas", Reason(grown, "ScalingLimited"));
        Assert.Equal("True", Condition(grown, "ScalingActive"));
        await space.ReadyPodsAsync("app=burn", 3);
        await TopShowsAsync(space, first);
        Assert.Equal(3, (await space.Deployments.GetAsync("burn")).Number("spec.replicas"));

        await space.ShellAsync(first, "rm /tmp/burn");
        await space.Deployments.UntilAsync("burn", static one => one.Number("spec.replicas") == 1);
        await space.Deployments.DeleteAsync("burn");
    }

    /// <summary>What kubectl shows of a pod that may use 100 millicores and does.</summary>
    private async Task TopShowsAsync(Workspace space, string pod)
    {
        if (KubectlVersion.Installed.Count == 0)
        {
            return;
        }

        string scratch = Directory.CreateTempSubdirectory("keelson-top-").FullName;
        try
        {
            KubectlRun kubectl = new(cluster.Kubeconfig, scratch, space.Namespace);
            await kubectl.UntilAsync(text => Millicores(text, pod) is >= 60 and <= 130, "top", "pods", "--no-headers");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static int? Millicores(string top, string pod) => top
        .Split('\n')
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields is [var name, var cores, ..] && name == pod && cores.EndsWith('m'))
        .Select(static fields => (int?)int.Parse(fields[1].TrimEnd('m')))
        .FirstOrDefault();

    private static string? Condition(JsonNode one, string type) => Find(one, type)?.Text("status");

    private static string? Reason(JsonNode one, string type) => Find(one, type)?.Text("reason");

    private static JsonNode? Find(JsonNode one, string type) =>
        one.Items("status.conditions").FirstOrDefault(it => it.Text("type") == type);
}
