namespace Keelson.Network.Dns;

/// <summary>
/// Answers as they went out, so that the same question costs a copy and no garbage. They hold as long as nothing that
/// names depend on has changed: an answer carries the version that was current before it was worked out.
/// </summary>
/// <remarks>
/// Each message has one place, which the next one of that place takes over; so nothing has to be counted or cleaned up,
/// and no client can fill the memory. Places are swapped whole and read without locks.
/// </remarks>
internal sealed class EncodedAnswers
{
    private const int Places = 4096;

    // The number of a question stands in front of what is compared.
    private const int NumberSize = 2;

    /// <summary>Longer messages carry what hardly comes again.</summary>
    private const int RequestSizeMax = 256;

    private readonly Entry?[] _entries = new Entry?[Places];
    private long _version;

    /// <summary>The version of what names depend on; to be read before an answer is worked out.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Says that something has changed that names depend on.</summary>
    public void Change() => Interlocked.Increment(ref _version);

    /// <summary>Answers a message as an equal one was answered before.</summary>
    /// <param name="request">The message.</param>
    /// <param name="response">Where the answer goes.</param>
    /// <param name="outcome">What became of the question.</param>
    /// <returns>The answer's length; 0 when there is none.</returns>
    public int Find(ReadOnlySpan<byte> request, Span<byte> response, out DnsOutcome outcome)
    {
        outcome = default;
        if (request.Length is < DnsLimits.HeaderSize or > RequestSizeMax
            || Volatile.Read(ref _entries[PlaceOf(request)]) is not { } entry
            || entry.Version != Version
            || !entry.Request.AsSpan().SequenceEqual(request[NumberSize..]))
        {
            return 0;
        }

        outcome = entry.Outcome;
        request[..NumberSize].CopyTo(response);
        entry.Answer.CopyTo(response[NumberSize..]);
        return NumberSize + entry.Answer.Length;
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="request">The message.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="version">The version that was current before it was worked out.</param>
    /// <param name="outcome">What became of the question.</param>
    public void Keep(ReadOnlySpan<byte> request, ReadOnlySpan<byte> answer, long version, in DnsOutcome outcome)
    {
        if (request.Length <= RequestSizeMax)
        {
            Entry entry = new(request[NumberSize..].ToArray(), answer[NumberSize..].ToArray(), version, outcome);
            Volatile.Write(ref _entries[PlaceOf(request)], entry);
        }
    }

    private static int PlaceOf(ReadOnlySpan<byte> request)
    {
        HashCode hash = new();
        hash.AddBytes(request[NumberSize..]);
        return hash.ToHashCode() & (Places - 1);
    }

    private sealed record Entry(byte[] Request, byte[] Answer, long Version, DnsOutcome Outcome);
}
