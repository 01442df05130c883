using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Server.Backends;

/// <summary>What containers wrote.</summary>
public interface IContainerLogs
{
    /// <summary>
    /// Opens the log of one run of a container. Entries come in the order in which they were written, from the last
    /// <see cref="ContainerLogSource.TailLines"/> on; when the log is followed, until the container has ended and all
    /// it wrote was read. Times, limits and streams are the server's business.
    /// </summary>
    /// <returns>The entries, or why there are none (upstream answers 400).</returns>
    ValueTask<KubeletResult<IAsyncEnumerable<ContainerLogEntry>>> OpenAsync(
        ContainerLogSource source, CancellationToken cancellationToken);
}

/// <summary>Which log is wanted.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="ContainerName">The container.</param>
/// <param name="ContainerId">The run, as the pod's status has it: <c>containerd://…</c>.</param>
/// <param name="IsPrevious">True for the run before the present one.</param>
/// <param name="TailLines">How many lines from the end; null for all.</param>
/// <param name="Follow">Whether to go on while the container runs.</param>
public sealed record ContainerLogSource(
    Pod Pod, string ContainerName, string ContainerId, bool IsPrevious, long? TailLines, bool Follow);

/// <summary>A line of a log, or a part of one.</summary>
/// <param name="At">When it was written.</param>
/// <param name="TimeText">The same as RFC 3339 with nine digits after the point; empty to have it made.</param>
/// <param name="IsError">Whether it went to the error stream.</param>
/// <param name="Text">The bytes, without the line's end.</param>
/// <param name="IsPartial">True when the line goes on in the next entry of its stream.</param>
public readonly record struct ContainerLogEntry(
    DateTimeOffset At, ReadOnlyMemory<byte> TimeText, bool IsError, ReadOnlyMemory<byte> Text, bool IsPartial);
