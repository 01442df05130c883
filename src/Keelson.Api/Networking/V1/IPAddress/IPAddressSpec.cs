using Keelson.Api.Kinds;

namespace Keelson.Api.Networking.V1;

/// <summary>Owner of an IP address.</summary>
[ApiType("io.k8s.api.networking.v1.IPAddressSpec")]
public sealed partial record IPAddressSpec
{
    /// <summary>Object the address belongs to. Required.</summary>
    [Field(1, Required = true)]
    public partial ParentReference? ParentRef { get; init; }
}
