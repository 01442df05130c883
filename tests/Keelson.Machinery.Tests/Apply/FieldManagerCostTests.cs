using System.Text;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Apply;

/// <summary>Field management runs on every write; what it allocates is pinned.</summary>
public sealed class FieldManagerCostTests
{
    private const string Spec = """
        "spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","image":"nginx:1.27","command":["a","b"],
        "ports":[{"containerPort":80,"protocol":"TCP"},{"containerPort":443,"protocol":"TCP"}],
        "env":[{"name":"A","value":"1"},{"name":"B","value":"2"},{"name":"C","value":"3"}],
        "resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},
        "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],
        "restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","nodeName":"n","securityContext":{},
        "schedulerName":"default-scheduler","tolerations":[{"key":"a","operator":"Exists"},{"key":"b","operator":"Exists"}]}
        """;

    private const string Meta = """
        "kind":"Pod","apiVersion":"v1","metadata":{"name":"p-1","namespace":"d","uid":"u","labels":{"app":"x","pod-template-hash":"y"},
        "annotations":{"a":"b"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"p","uid":"1"}]}
        """;

    private static readonly ObjectTree Empty = Parse("""{"kind":"Pod","apiVersion":"v1","metadata":{},"spec":{"containers":null},"status":{}}""");
    private static readonly ObjectTree Pending = Parse(
        "{" + Meta + "," + Spec + ",\"status\":{\"phase\":\"Pending\"}}");
    private static readonly ObjectTree Running = Parse(
        "{" + Meta + "," + Spec + ""","status":{"phase":"Running","podIP":"1.2.3.4","conditions":[{"type":"Ready","status":"True"}]}}""");

    private readonly FieldManager _main = Manager("", FieldSet.Of(["status"]));
    private readonly FieldManager _status = Manager("status", FieldSet.Of(["spec"], ["metadata", "ownerReferences"]));

    [Fact]
    public void Creating_a_pod_allocates_little() =>
        Assert.InRange(
            AllocatedBy(() => _main.Update(new(Empty, default), new(Pending, default), "kcm", default)), 1, 24_000);

    [Fact]
    public void Updating_the_status_of_a_pod_allocates_little()
    {
        ManagedObject live = new(Pending, _main.Update(new(Empty, default), new(Pending, default), "kcm", default));
        Assert.InRange(AllocatedBy(() => _status.Update(live, new(Running, default), "kubelet", default)), 1, 16_000);
    }

    private static long AllocatedBy(Func<ApiList<ManagedFieldsEntry>> work)
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.NotEmpty(work());
        }

        const int Rounds = 500;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            work();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }

    private static ObjectTree Parse(string json) => TreeReader.ReadObject(Encoding.UTF8.GetBytes(json));

    private static FieldManager Manager(string subresource, FieldSet reset) => new(new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Schema = TestSchemas.Pod,
        Subresource = subresource,
        ResetFields = reset,
        Empty = Empty,
    });
}
