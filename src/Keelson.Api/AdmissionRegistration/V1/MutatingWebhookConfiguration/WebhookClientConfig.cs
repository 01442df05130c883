using Keelson.Api.Kinds;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>How a webhook is reached; exactly one of url and service is set.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.WebhookClientConfig")]
public sealed partial record WebhookClientConfig
{
    /// <summary>Address as an https URL, without user information, query or fragment. Excludes service.</summary>
    [Field(3)]
    public partial string? Url { get; init; }

    /// <summary>Service that implements the webhook. Excludes url.</summary>
    [Field(1)]
    public partial ServiceReference? Service { get; init; }

    /// <summary>
    /// CA certificates in PEM that the webhook's certificate is checked against. If not set, the roots of the API
    /// server's system.
    /// </summary>
    [Field(2)]
    public partial Bytes CaBundle { get; init; }
}
