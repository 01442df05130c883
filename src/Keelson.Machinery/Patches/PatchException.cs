namespace Keelson.Machinery.Patches;

/// <summary>How the server answers a patch that can't be used.</summary>
public enum PatchFailure
{
    /// <summary>400, reason BadRequest, with the message.</summary>
    BadRequest,

    /// <summary>
    /// 422, reason Invalid. Upstream hides the message behind "the server rejected our request due to an error in our
    /// request".
    /// </summary>
    Unprocessable,

    /// <summary>413, reason RequestEntityTooLarge, with the message.</summary>
    TooLarge,

    /// <summary>500 with the plain message.</summary>
    Internal,
}

/// <summary>A patch that is malformed or does not apply; the message is upstream's.</summary>
public sealed class PatchException(PatchFailure failure, string message) : Exception(message)
{
    /// <summary>How to answer.</summary>
    public PatchFailure Failure { get; } = failure;
}
