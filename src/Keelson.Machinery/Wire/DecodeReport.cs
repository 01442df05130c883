namespace Keelson.Machinery.Wire;

/// <summary>A body that can't be read as the kind it should be; the message is upstream's.</summary>
public sealed class DecodeException(string message) : Exception(message)
{
    /// <summary>
    /// What upstream says instead when the value was not read off JSON but taken from a tree, as with strategic merge patches.
    /// </summary>
    public string TreeMessage { get; init => field = value; } = message;
}

/// <summary>
/// What strict decoding found besides: unknown and duplicate fields, in upstream's words and order
/// (<c>unknown field "spec.nope"</c>, <c>duplicate field "data.a"</c>).
/// </summary>
public sealed class DecodeReport
{
    /// <summary>Upstream reports no more than this many.</summary>
    public const int Limit = 100;

    private readonly List<string> _findings = [];

    /// <summary>The findings in the order they stand in the body.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Adds <c>unknown field "path"</c>.</summary>
    public void Unknown(string path) => Add($"unknown field \"{path}\"");

    /// <summary>Adds <c>duplicate field "path"</c>.</summary>
    public void Duplicate(string path) => Add($"duplicate field \"{path}\"");

    /// <summary>Adds a finding in words of its own.</summary>
    public void Add(string finding)
    {
        if (_findings.Count < Limit && !_findings.Contains(finding))
        {
            _findings.Add(finding);
        }
    }
}
