using Keelson.Api.Meta.V1;

namespace Keelson.Server.Admission;

/// <summary>The enabled plugins in order: all mutate first, then, when the object is complete, all validate.</summary>
public sealed class AdmissionChain(IReadOnlyList<IAdmissionPlugin> plugins)
{
    /// <summary>The plugins in order.</summary>
    public IReadOnlyList<IAdmissionPlugin> Plugins { get; } = plugins;

    /// <summary>Lets every plugin change the object; the first refusal ends it.</summary>
    public async ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        foreach (IAdmissionPlugin plugin in Plugins)
        {
            if (plugin.Handles(context.Operation)
                && await plugin.AdmitAsync(context, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>Lets every plugin look at the complete object; the first refusal ends it.</summary>
    public async ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        foreach (IAdmissionPlugin plugin in Plugins)
        {
            if (plugin.Handles(context.Operation)
                && await plugin.ValidateAsync(context, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
