using Keelson.Api.Kinds;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>How custom resources are converted between versions.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion")]
public sealed partial record CustomResourceConversion
{
    /// <summary>None only changes apiVersion; Webhook calls a webhook.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.ConversionStrategyType")]
    public partial string Strategy { get; init; }

    /// <summary>How the webhook is called; required when strategy is Webhook.</summary>
    [Field(2)]
    public partial WebhookConversion? Webhook { get; init; }
}
