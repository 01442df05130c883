namespace Keelson.Machine;

/// <summary>A Debian package that a node needs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="For">What it is needed for, in a few words.</param>
/// <param name="Probes">Files or programs, each a sign that it, or something as good, is there already.</param>
internal sealed record DebianPackage(string Name, string For, IReadOnlyList<string> Probes)
{
    private static readonly string[] ProgramDirectories =
        ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>What a node with containers needs.</summary>
    public static IReadOnlyList<DebianPackage> OfNode { get; } =
    [
        new("containerd", "running containers", ["containerd"]),
        new("runc", "running containers", ["runc", "crun"]),
        new("crun", "starting containers in less time", ["crun"]) { IsNeeded = false },
        new("containernetworking-plugins", "the pod network", ["/usr/lib/cni/bridge", "/opt/cni/bin/bridge"]),
        new("nftables", "services and network policy", ["nft"]),
        new("iproute2", "the pod network", ["ip"]),
        new("conntrack", "services over UDP", ["conntrack"]),
        new("haproxy", "ingress", ["haproxy"]),
    ];

    /// <summary>False when a node runs without it too.</summary>
    public bool IsNeeded { get; init; } = true;

    /// <summary>True when what the package brings is on this machine.</summary>
    public bool IsPresent => Probes.Any(IsThere);

    /// <summary>Those of the packages that are missing.</summary>
    public static IReadOnlyList<DebianPackage> Missing(IEnumerable<DebianPackage> packages) =>
        [.. packages.Where(static one => !one.IsPresent)];

    /// <summary>Where a program is, on the PATH or where Debian keeps those of administrators; null if
    /// nowhere.</summary>
    public static string? FindProgram(string name)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
            ':', StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(ProgramDirectories).Select(directory => Path.Combine(directory, name)).FirstOrDefault(
            File.Exists);
    }

    private static bool IsThere(string probe) =>
        probe.StartsWith('/') ? File.Exists(probe) : FindProgram(probe) is not null;
}
