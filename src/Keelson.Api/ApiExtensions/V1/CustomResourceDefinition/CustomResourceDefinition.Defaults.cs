namespace Keelson.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinition
{
    private const int WebhookPort = 443;

    /// <inheritdoc/>
    public static CustomResourceDefinition SetDefaults(CustomResourceDefinition obj)
    {
        CustomResourceDefinitionSpec spec = obj.Spec;
        CustomResourceDefinitionNames names = spec.Names;
        return obj with
        {
            Spec = spec with
            {
                Names = names with
                {
                    Singular = names.Singular.Length == 0 ? names.Kind.ToLowerInvariant() : names.Singular,
                    ListKind = names.ListKind.Length == 0 && names.Kind.Length > 0 ? names.Kind + "List" : names.ListKind,
                },
                Conversion = SetDefaults(spec.Conversion),
            },
        };
    }

    private static CustomResourceConversion SetDefaults(CustomResourceConversion? conversion) => conversion switch
    {
        null => CustomResourceConversion.Empty with { Strategy = ConversionStrategyType.None },
        { Webhook: { ClientConfig: { Service: { Port: null } service } config } webhook } => conversion with
        {
            Webhook = webhook with { ClientConfig = config with { Service = service with { Port = WebhookPort } } },
        },
        _ => conversion,
    };
}
