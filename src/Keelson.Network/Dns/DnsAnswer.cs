namespace Keelson.Network.Dns;

/// <summary>What is answered to a question.</summary>
internal sealed record DnsAnswer
{
    /// <summary>How the question was answered.</summary>
    public int Code { get; init; }

    public bool IsAuthoritative { get; init; }

    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    public IReadOnlyList<DnsRecord> Authority { get; init; } = [];

    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];

    /// <summary>How many records stay in front.</summary>
    public int Fixed { get; init; }

    /// <summary>Who of the others comes first, so that not all clients take the same one.</summary>
    public int First { get; init; }

    /// <summary>A name outside of the cluster that the records lead to, whose addresses belong to the answer; null when
    /// there is none.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>An answer without records.</summary>
    public static DnsAnswer Of(int code) => new() { Code = code };
}
