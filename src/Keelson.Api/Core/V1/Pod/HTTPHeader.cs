using Keelson.Api.Kinds;

namespace Keelson.Api.Core.V1;

/// <summary>A header of an HTTP request.</summary>
[ApiType("io.k8s.api.core.v1.HTTPHeader")]
public sealed partial record HTTPHeader
{
    /// <summary>
    /// Name of the header, sent in canonical form, so that names that differ only in case are the same.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }

    /// <summary>Value of the header.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Value { get; init; }
}
