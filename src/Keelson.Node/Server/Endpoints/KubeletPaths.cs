namespace Keelson.Nodes.Server.Endpoints;

/// <summary>What there is at a path.</summary>
internal enum ServedPath
{
    /// <summary>Nothing; that is said to anybody.</summary>
    None,

    /// <summary>Something with a slash at its end.</summary>
    Moved,

    /// <summary>Something that the node does not serve (<c>enableDebuggingHandlers</c>).</summary>
    Disabled,

    /// <summary>Something.</summary>
    Served,
}

/// <summary>
/// The paths that upstream's server knows. What lies below a known path is answered by who serves it, after access was
/// asked for; unknown paths are not even that.
/// </summary>
internal static class KubeletPaths
{
    private static readonly string[] Metrics = ["cadvisor", "probes", "resource", "slis"];
    private static readonly string[] Checks = ["log", "ping", "syncloop"];

    /// <summary>What there is at a path.</summary>
    /// <param name="path">Its segments.</param>
    /// <param name="servesDebugging">Whether commands, logs and the like are served.</param>
    public static ServedPath Of(string[] path, bool servesDebugging) => path switch
    {
        ["healthz"] or ["metrics"] => ServedPath.Served,
        ["healthz", var check] => Checks.Contains(check) ? ServedPath.Served : ServedPath.None,
        ["metrics", var what] => Metrics.Contains(what) ? ServedPath.Served : ServedPath.None,
        ["stats"] => ServedPath.Moved,
        ["pods" or "stats", ..] => ServedPath.Served,
        ["run" or "exec" or "attach" or "portForward" or "containerLogs"] =>
            servesDebugging ? ServedPath.Served : ServedPath.Moved,
        ["runningpods"] or ["logs"] or ["debug", "pprof"] => ServedPath.Moved,
        ["run" or "exec" or "attach" or "portForward" or "containerLogs" or "runningpods" or "logs", ..]
            or ["debug", "pprof", ..] => servesDebugging ? ServedPath.Served : ServedPath.Disabled,
        _ when !servesDebugging => ServedPath.None,
        ["checkpoint"] => ServedPath.Moved,
        ["checkpoint", ..] or ["configz"] or ["statusz"] or ["flagz"] or ["debug", "flags", "v"] => ServedPath.Served,
        _ => ServedPath.None,
    };
}
