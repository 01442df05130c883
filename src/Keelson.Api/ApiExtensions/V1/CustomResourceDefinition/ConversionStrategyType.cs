namespace Keelson.Api.ApiExtensions.V1;

/// <summary>The values of ConversionStrategyType.</summary>
public static class ConversionStrategyType
{
    public const string None = "None";
    public const string Webhook = "Webhook";
}
