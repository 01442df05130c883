using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;

namespace Keelson.Server.Admission.DefaultIngressClass;

/// <summary>Gives ingresses that name no class the default one: the youngest of those marked as such.</summary>
internal sealed class DefaultIngressClassPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Mark = "ingressclass.kubernetes.io/is-default-class";
    private const string ClassAnnotation = "kubernetes.io/ingress.class";

    public string Name => "DefaultIngressClass";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Is("networking.k8s.io", "ingresses") && context.Object is Ingress { Spec.IngressClassName: null } ingress
            && !ingress.Metadata.Annotations.ContainsKey(ClassAnnotation))
        {
            IngressClass? chosen = lookup.List<IngressClass>()
                .Where(one => one.Metadata.Annotations.GetValueOrDefault(Mark) == "true")
                .OrderByDescending(one => one.Metadata.CreationTimestamp)
                .ThenBy(one => one.Metadata.Name, StringComparer.Ordinal)
                .FirstOrDefault();
            if (chosen is not null)
            {
                context.Object = ingress with { Spec = ingress.Spec with { IngressClassName = chosen.Metadata.Name } };
            }
        }

        return new((Status?)null);
    }
}
