using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

public sealed partial record MutatingWebhookConfiguration
{
    /// <inheritdoc/>
    public static MutatingWebhookConfiguration SetDefaults(MutatingWebhookConfiguration obj)
    {
        ApiList<MutatingWebhook> webhooks = obj.Webhooks.Map(AdmissionDefaults.SetDefaults);
        return webhooks == obj.Webhooks ? obj : obj with { Webhooks = webhooks };
    }
}
