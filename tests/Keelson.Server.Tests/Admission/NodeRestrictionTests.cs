using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;

namespace Keelson.Server.Tests.Admission;

public sealed class NodeRestrictionTests
{
    private static readonly UserInfo N1 = new() { Name = "system:node:n1", Groups = [WellKnownUsers.NodesGroup] };

    private const string Owner =
        """ "ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n1","uid":"uid-of-n1","controller":true}] """;

    [Fact]
    public async Task A_node_registers_itself_with_labels_that_are_its_own_to_set()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["NodeRestriction"]);
        async Task<string> Register(string name, string labels) => (await bench.CreateAsync(
            ApiKinds.CoreV1Node, $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{{{{{labels}}}}}}}""", N1)).Message;

        Assert.Equal(
            "nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"", await Register("n2", ""));
        Assert.Equal(
            "nodes \"n1\" is forbidden: node \"n1\" is not allowed to set the following labels: "
            + "kubernetes.io/role, x.node-restriction.kubernetes.io/a",
            await Register("n1", """ "x.node-restriction.kubernetes.io/a":"","kubernetes.io/role":"","mine":"" """));
        Assert.Equal("", await Register("n1", """ "kubernetes.io/hostname":"n1","node.kubernetes.io/x":"","mine":"" """));
    }

    [Fact]
    public async Task A_node_changes_neither_its_taints_nor_its_owners_nor_restricted_labels()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["NodeRestriction"]);
        await bench.PutAsync(ApiKinds.CoreV1Node, """{"metadata":{"name":"n1"},"spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}}""");
        async Task<string> Change(Func<Node, Node> change) =>
            (await bench.UpdateAsync(ApiKinds.CoreV1Node, "n1", change, user: N1)).Message;

        Assert.Equal(
            "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify taints",
            await Change(one => one with { Spec = one.Spec with { Taints = default } }));
        Assert.Equal(
            "nodes \"n1\" is forbidden: node \"n1\" is not allowed to modify ownerReferences",
            await Change(one => one with { Metadata = one.Metadata with { OwnerReferences = [new() { Name = "o", Uid = "u" }] } }));
        Assert.Equal(
            "nodes \"n1\" is forbidden: is not allowed to modify labels: kubernetes.io/x",
            await Change(one => one with { Metadata = one.Metadata with { Labels = one.Metadata.Labels.With("kubernetes.io/x", "") } }));
        Assert.Equal(
            "", await Change(one => one with { Metadata = one.Metadata with { Labels = one.Metadata.Labels.With("mine", "") } }));
    }

    [Theory]
    [InlineData("", "n1", Owner, "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"n1\" can only create mirror pods")]
    [InlineData("kubernetes.io/config.mirror", "n2", Owner, "node \"n1\" can only create pods with spec.nodeName set to itself")]
    [InlineData("kubernetes.io/config.mirror", "n1", "", "node \"n1\" can only create pods with an owner reference set to itself")]
    [InlineData("kubernetes.io/config.mirror", "n1", Owner, "")]
    public async Task A_node_creates_mirror_pods_alone(string annotation, string node, string owner, string refusal)
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["NodeRestriction"]);
        await bench.PutAsync(ApiKinds.CoreV1Node, """{"metadata":{"name":"n1"}}""");
        string meta = owner.Length > 0 ? "," + owner : "";
        BenchAnswer answer = await bench.CreateAsync(
            ApiKinds.CoreV1Pod,
            $$$$"""
            {"metadata":{"name":"p","annotations":{"{{{{(annotation.Length > 0 ? annotation : "a")}}}}":"x"}{{{{meta}}}}},
             "spec":{"nodeName":"{{{{node}}}}","automountServiceAccountToken":false,"containers":[{"name":"c","image":"i"}]}}
            """,
            N1);
        Assert.Equal(refusal.Length == 0 ? "" : "pods \"p\" is forbidden: " + refusal, answer.Message);
    }

    [Fact]
    public async Task A_node_touches_pods_of_other_nodes_in_no_way()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["NodeRestriction"]);
        foreach ((string name, string node) in new[] { ("mine", "n1"), ("other", "n2") })
        {
            await bench.PutAsync(ApiKinds.CoreV1Pod, PodOn(name, node));
        }

        static Pod Running(Pod pod) => pod with { Status = pod.Status with { Phase = "Running" } };
        Assert.Equal(
            "pods \"other\" is forbidden: node \"n1\" can only update pod status for pods with spec.nodeName set to itself",
            (await bench.UpdateAsync<Pod>(ApiKinds.CoreV1Pod, "other", Running, "status", N1)).Message);
        Assert.Equal("", (await bench.UpdateAsync<Pod>(ApiKinds.CoreV1Pod, "mine", Running, "status", N1)).Message);
        Assert.Equal(
            "pods \"mine\" is forbidden: node \"n1\" cannot update labels through pod status",
            (await bench.UpdateAsync<Pod>(
                ApiKinds.CoreV1Pod,
                "mine",
                pod => pod with { Metadata = pod.Metadata with { Labels = pod.Metadata.Labels.With("a", "b") } },
                "status",
                N1)).Message);
        Assert.Equal(
            "pods \"mine\" is forbidden: unexpected operation \"UPDATE\", node \"n1\" can only create and delete mirror pods",
            (await bench.UpdateAsync<Pod>(ApiKinds.CoreV1Pod, "mine", pod => pod, user: N1)).Message);
        Assert.Equal(
            "pods \"other\" is forbidden: node \"n1\" can only delete pods with spec.nodeName set to itself",
            (await bench.DeleteAsync(ApiKinds.CoreV1Pod, "other", N1)).Message);
        Assert.Equal("", (await bench.DeleteAsync(ApiKinds.CoreV1Pod, "mine", N1)).Message);
    }

    [Fact]
    public async Task Leases_and_slices_are_the_nodes_own()
    {
        await using AdmissionBench bench = await AdmissionBench.StartAsync(["NodeRestriction"]);
        Assert.Equal(
            "leases.coordination.k8s.io \"n1\" is forbidden: can only access leases in the \"kube-node-lease\" system namespace",
            (await bench.CreateAsync(ApiKinds.CoordinationV1Lease, """{"metadata":{"name":"n1"}}""", N1)).Message);
        Assert.Equal(
            "csinodes.storage.k8s.io \"n2\" is forbidden: can only access CSINode with the same name as the requesting node",
            (await bench.CreateAsync(ApiKinds.StorageV1CSINode, """{"metadata":{"name":"n2"},"spec":{"drivers":[]}}""", N1)).Message);
        Assert.Equal(
            "resourceslices.resource.k8s.io \"s\" is forbidden: can only create ResourceSlice with the same NodeName as the requesting node",
            (await bench.CreateAsync(
                ApiKinds.ResourceV1ResourceSlice,
                """{"metadata":{"name":"s"},"spec":{"nodeName":"n2","driver":"d","pool":{"name":"p","resourceSliceCount":1}}}""",
                N1)).Message);
    }

    private static string PodOn(string name, string node) => $$$$"""
        {"metadata":{"name":"{{{{name}}}}","namespace":"space"},
         "spec":{"nodeName":"{{{{node}}}}","serviceAccountName":"default","containers":[{"name":"c","image":"i"}]}}
        """;
}
