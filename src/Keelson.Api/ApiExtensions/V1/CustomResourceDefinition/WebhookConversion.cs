using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>How a conversion webhook is called.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion")]
public sealed partial record WebhookConversion
{
    /// <summary>How the webhook is reached; required when strategy is Webhook.</summary>
    [Field(2)]
    public partial WebhookClientConfig? ClientConfig { get; init; }

    /// <summary>
    /// Versions of ConversionReview the webhook understands, preferred first; the server uses the first it knows.
    /// Required.
    /// </summary>
    [Field(3, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<string> ConversionReviewVersions { get; init; }
}
