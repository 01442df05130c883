using System.Net;

namespace Keelson.Network.Ingress;

/// <summary>How a node serves ingresses.</summary>
public sealed record IngressControllerConfig
{
    /// <summary>The name of the class that is made at the start, and is the default one.</summary>
    public string ClassName { get; init; } = "keelson";

    /// <summary>The name of the controller: classes that name it are served.</summary>
    public string ControllerName { get; init; } = "keelson.dev/ingress-controller";

    /// <summary>Where HAProxy's files are kept.</summary>
    public required string Directory { get; init; }

    /// <summary>The port for plain connections.</summary>
    public int HttpPort { get; init; } = 80;

    /// <summary>The port for TLS.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>The address that is listened on.</summary>
    public string BindAddress { get; init; } = "*";

    /// <summary>Who is asked for names that services and annotations lead to; none for the machine's own servers.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>True where this process tells in ingresses' status at which addresses they are served; one of a
    /// cluster's
    /// control planes does.</summary>
    public bool WritesStatus { get; init; } = true;

    /// <summary>The least time between two reloads.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The network namespace that stands for the node; empty for the process's own.</summary>
    public string NetworkNamespace { get; init; } = "";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where trouble is told.</summary>
    public Action<string> Log { get; init; } = static _ => { };
}
