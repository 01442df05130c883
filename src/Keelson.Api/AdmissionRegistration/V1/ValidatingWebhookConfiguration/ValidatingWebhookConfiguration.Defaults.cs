using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static ValidatingWebhookConfiguration SetDefaults(ValidatingWebhookConfiguration obj)
    {
        ApiList<ValidatingWebhook> webhooks = obj.Webhooks.Map(AdmissionDefaults.SetDefaults);
        return webhooks == obj.Webhooks ? obj : obj with { Webhooks = webhooks };
    }
}
