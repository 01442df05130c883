using System.Text.Json;

namespace Keelson.Server.OpenApi;

/// <summary>
/// The parameters of requests by operation. Their texts are in parameters.json: clients of version 2 see them word for
/// word under keys that are hashes of all that is said of a parameter, so they can't be worded anew.
/// </summary>
internal static class ParameterTable
{
    private static readonly Dictionary<string, Parameter> ByKey = Load();

    /// <summary>Every parameter that version 2 refers to, sorted by key.</summary>
    public static IEnumerable<Parameter> Shared =>
        ByKey.Values.Where(one => one.IsShared).OrderBy(one => one.Key, StringComparer.Ordinal);

    /// <summary>The namespace in the path.</summary>
    public static Parameter Namespace { get; } = ByKey["namespace-vgWSWtn3"];

    /// <summary>The rest of a proxied path.</summary>
    public static Parameter ProxyPath { get; } = ByKey["path-z6Ciiujn"];

    /// <summary>Indented answers.</summary>
    public static Parameter Pretty { get; } = ByKey["pretty-tJGM1-ng"];

    /// <summary>Of creations and replacements.</summary>
    public static IReadOnlyList<Parameter> Write { get; } = Of("dryRun fieldManager-Qy4HdaTW fieldValidation");

    /// <summary>Of patches.</summary>
    public static IReadOnlyList<Parameter> Patch { get; } =
        Of("dryRun fieldManager-7c6nTn1T fieldValidation force-tOGGb0Yi");

    /// <summary>Of deletions.</summary>
    public static IReadOnlyList<Parameter> Delete { get; } = Of(
        "dryRun gracePeriodSeconds--K5HaBOS ignoreStoreReadErrorWithClusterBreakingPotential-QbNkfIqj "
        + "orphanDependents-uRB25kX5 "
        + "propagationPolicy-6jk3prlO");

    /// <summary>Of lists and watches.</summary>
    public static IReadOnlyList<Parameter> List { get; } = Of(
        "allowWatchBookmarks-HC2hJt-J continue-QfD61s0i fieldSelector-xIcQKXFG labelSelector-5Zw57w4C limit-1NfNmdNH "
        + "resourceVersion-5WAnf1kx resourceVersionMatch-t8XhRHeC sendInitialEvents-rLXlEK_k shardSelector-Kgyki_3_ "
        + "timeoutSeconds-yvYezaOC watch-XNNPZGbK");

    /// <summary>Of deletions of many.</summary>
    public static IReadOnlyList<Parameter> DeleteCollection { get; } =
    [
        .. Delete.Concat(List.Where(one => one.Name is not ("allowWatchBookmarks" or "watch")))
            .OrderBy(one => one.Name, StringComparer.Ordinal),
    ];

    /// <summary>Of the options kinds that connections take, by kind.</summary>
    public static IReadOnlyList<Parameter> Connect(string kind) => kind switch
    {
        "PodAttachOptions" => Of("container-_Q-EJ3nR stderr-26jJhFUR stdin-sEFnN3IS stdout-005YMKE6 tty-g7MlET_l"),
        "PodExecOptions" => Of(
            "command-Py3eQybp container-i5dOmRiM stderr-W_1TNlWc stdin-PSzNhyUC stdout--EZLRwV1 tty-s0flW37O"),
        "PodPortForwardOptions" => Of("ports-91KROJmm"),
        "PodProxyOptions" => Of("path-oPbzgLUj"),
        "NodeProxyOptions" => Of("path-rFDtV0x9"),
        "ServiceProxyOptions" => Of("path-QCf0eosM"),
        _ => [],
    };

    /// <summary>Of a pod's log.</summary>
    public static IReadOnlyList<Parameter> Log { get; } = Of(
        "container-1GeXxFDC follow-9OIXh_2R insecureSkipTLSVerifyBackend-gM00jVbe limitBytes-zwd1RXuc "
        + "previous-1jxDPu3y "
        + "sinceSeconds-vE2NLdnP stream-l-48cgXv tailLines-9xQLWHMV timestamps-c17fW1w_");

    /// <summary>The name in the path, which tells of the kind.</summary>
    public static Parameter Name(string kind) => new("name", "name", "path", "string", $"name of the {kind}");

    private static Parameter[] Of(string keys) => [.. keys.Split(' ').Select(one => ByKey[one])];

    private static Dictionary<string, Parameter> Load()
    {
        using Stream stream = typeof(ParameterTable).Assembly.GetManifestResourceStream("OpenApi.parameters.json")
            ?? throw new InvalidOperationException("parameters.json is not built in.");
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateArray()
            .Select(one => new Parameter(
                Text(one, "key"), Text(one, "name"), Text(one, "in"), Text(one, "type"), Text(one, "description")))
            .ToDictionary(one => one.Key, StringComparer.Ordinal);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
