using Keelson.Rpc.Client;

namespace Keelson.Rpc;

/// <summary>
/// A call that did not end with <see cref="RpcStatusCode.OK"/>. Clients throw it when they receive such a status;
/// a server's handler throws it to send one.
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>Wraps a status; <see cref="Exception.Message"/> is the printed form of it.</summary>
    public RpcException(RpcStatus status, RpcMetadata? trailers = null, Exception? cause = null)
        : base(status.ToString(), cause)
    {
        Status = status;
        Trailers = trailers ?? [];
    }

    /// <summary>Short for a status without details.</summary>
    public RpcException(RpcStatusCode code, string message, Exception? cause = null)
        : this(new RpcStatus(code, message), null, cause)
    {
    }

    /// <summary>What the other side, or the transport, answered.</summary>
    public RpcStatus Status { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public RpcStatusCode Code => Status.Code;

    /// <summary>True if no connection came about, so the server can't have seen the call.</summary>
    public bool NeverSent => InnerException is RpcDialException;

    /// <summary>Metadata that came, or is to go, with the status.</summary>
    public RpcMetadata Trailers { get; }
}
