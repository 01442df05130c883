using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;

namespace Keelson.Rpc;

/// <summary>How a call ended: a code, a text for people, and optional typed details for programs.</summary>
public sealed class RpcStatus
{
    /// <summary>A status without details.</summary>
    public RpcStatus(RpcStatusCode code, string message = "")
        : this(code, message, [])
    {
    }

    /// <summary>A status with details, which travel as <c>google.rpc.Status</c> beside code and message.</summary>
    public RpcStatus(RpcStatusCode code, string message, ImmutableArray<Any> details)
    {
        Code = code;
        Message = message;
        Details = details;
    }

    /// <summary>The status of every call that succeeded.</summary>
    public static RpcStatus Success { get; } = new(RpcStatusCode.OK);

    /// <summary>The code.</summary>
    public RpcStatusCode Code { get; }

    /// <summary>The text; empty when there is nothing to say.</summary>
    public string Message { get; }

    /// <summary>Messages that say more than the text; the receiver unpacks the types it knows.</summary>
    public ImmutableArray<Any> Details { get; }

    /// <summary>The form in which gRPC prints an error; clients of clients see it, so it is upstream's.</summary>
    public override string ToString() => $"rpc error: code = {Code} desc = {Message}";
}
