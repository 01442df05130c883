using Keelson.Api.Kinds;

namespace Keelson.Api.Meta.V1;

/// <summary>Result of a request that does not return an object, in particular a failure.</summary>
[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.Status", SelfVersion = "v1")]
public sealed partial record Status
{
    /// <summary>Metadata of the response.</summary>
    [Field(1)]
    public partial ListMeta Metadata { get; init; }

    /// <summary>Success or Failure.</summary>
    [Field(2, Json = "status")]
    public partial string StatusValue { get; init; }

    /// <summary>Readable description of the result.</summary>
    [Field(3)]
    public partial string Message { get; init; }

    /// <summary>
    /// CamelCase word for the kind of failure, such as NotFound, AlreadyExists, Conflict, Invalid or Forbidden.
    /// Refines the HTTP code.
    /// </summary>
    [Field(4, GoType = "v1.StatusReason")]
    public partial string Reason { get; init; }

    /// <summary>Further data on the failure, depending on reason.</summary>
    [Field(5)]
    public partial StatusDetails? Details { get; init; }

    /// <summary>HTTP status code.</summary>
    [Field(6)]
    public partial int Code { get; init; }
}
