namespace Keelson.Rpc;

/// <summary>The gRPC status codes. Names are those that gRPC prints, numbers those on the wire.</summary>
public enum RpcStatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller gave up.</summary>
    Canceled = 1,

    /// <summary>An error without a code of its own.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>Time ran out before the call finished.</summary>
    DeadlineExceeded = 4,

    /// <summary>The thing asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>The thing to be created exists.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known but may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, a queue or a size limit is exhausted.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in a state in which the call makes sense.</summary>
    FailedPrecondition = 9,

    /// <summary>A conflict with a concurrent call; may be tried again at a higher level.</summary>
    Aborted = 10,

    /// <summary>Past the valid range, for example a compacted revision.</summary>
    OutOfRange = 11,

    /// <summary>The method is not served.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the protocol or of the server is broken.</summary>
    Internal = 13,

    /// <summary>The server can't be reached now; trying again may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or damaged for good.</summary>
    DataLoss = 15,

    /// <summary>The caller did not say, or could not prove, who it is.</summary>
    Unauthenticated = 16,
}
