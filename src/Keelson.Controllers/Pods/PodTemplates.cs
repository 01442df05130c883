using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Owners;

namespace Keelson.Controllers.Pods;

/// <summary>Makes pods of templates.</summary>
internal static class PodTemplates
{
    /// <summary>A pod of a template, controlled by its owner, with a name that the server generates.</summary>
    public static Pod PodFrom(PodTemplateSpec template, IObject owner) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            GenerateName = PrefixOf(owner.Metadata.Name),
            Namespace = owner.Metadata.Namespace,
            Labels = template.Metadata.Labels,
            Annotations = template.Metadata.Annotations,
            Finalizers = template.Metadata.Finalizers,
            OwnerReferences = [Owner.ControllerReference(owner)],
        },
        Spec = template.Spec,
    };

    // A name that is only valid at its end would not be valid before a dash.
    private static string PrefixOf(string name) => NameRules.DnsSubdomain(name + "-", true).Any() ? name : name + "-";
}
