using Keelson.Api.Kinds;
using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

/// <summary>Pods as the server keeps them, for tests.</summary>
internal static class StoredPods
{
    public static ApiKind Kind { get; } = ApiKinds.All.Single(one => one.Info == Api.Core.V1.Pod.Info);

    public static ObjectCache Cache(FormBudget budget) => new(Kind, "/registry/pods/", budget);

    public static StoredObject Pod(int number, long revision, string label = "web")
    {
        IObject record = Kind.DecodeJson(System.Text.Encoding.UTF8.GetBytes($$$$"""
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"pod-{{{{number:d6}}}}","namespace":"n","uid":"u-{{{{number}}}}",
            "creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"{{{{label}}}}"},"managedFields":[{"manager":"m",
            "operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{}}}]},
            "spec":{"containers":[{"name":"app","image":"i","resources":{}}]},"status":{"phase":"Running"}}
            """));
        return new(Kind, $"/registry/pods/n/pod-{number:d6}", StoredForm.Encode(record), revision);
    }

    /// <summary>A cache with so many pods.</summary>
    public static ObjectCache Filled(FormBudget budget, int count)
    {
        ObjectCache cache = Cache(budget);
        cache.Load([.. Enumerable.Range(0, count).Select(i => Pod(i, i + 1))], count, TimeProvider.System);
        return cache;
    }
}
