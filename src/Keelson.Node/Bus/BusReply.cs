using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Bus;

/// <summary>What a call on a D-Bus was answered with.</summary>
/// <param name="message">The answer.</param>
/// <param name="descriptors">The file descriptors that came with it, which are its owner's to close.</param>
internal sealed class BusReply(BusMessage message, IReadOnlyList<int> descriptors)
{
    /// <summary>The values' types.</summary>
    public string Signature => message.Signature;

    /// <summary>The values, from the first on.</summary>
    public BusReader Values { get; } = new(message.Body);

    /// <summary>The only file descriptor; the caller's to close.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public int Descriptor()
    {
        foreach (int one in descriptors.Skip(1))
        {
            LinuxCalls.Close(one);
        }

        return descriptors is [var first, ..] ? first : throw new IOException("the reply has no file descriptor");
    }
}
