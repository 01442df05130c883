using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Account = Keelson.Api.Core.V1.ServiceAccount;

namespace Keelson.Server.Admission.ServiceAccount;

/// <summary>
/// Keeps pods to the secrets that their service account lists, for accounts whose annotation asks for it. The texts say
/// which reference is one too many; null when there is none.
/// </summary>
internal static class MountableSecrets
{
    private const string Annotation = "kubernetes.io/enforce-mountable-secrets";

    /// <summary>What a new pod refers to and may not.</summary>
    public static string? CheckPod(Account account, Pod pod)
    {
        if (!IsEnforced(account))
        {
            return null;
        }

        HashSet<string> allowed = Secrets(account);
        string? volume = pod.Spec.Volumes
            .Select(one => one.VolumeSource.Secret?.SecretName)
            .FirstOrDefault(one => one is not null && !allowed.Contains(one));
        if (volume is not null)
        {
            return $"volume with secret.secretName=\"{volume}\"{NotListed(account)}";
        }

        foreach ((string what, ApiList<Container> containers) in
            (ReadOnlySpan<(string, ApiList<Container>)>)[("init container", pod.Spec.InitContainers), ("container", pod.Spec.Containers)])
        {
            foreach (Container one in containers)
            {
                if (CheckContainer($"{what} {one.Name}", one.Env, one.EnvFrom, account, allowed) is { } text)
                {
                    return text;
                }
            }
        }

        HashSet<string> pulls = [.. account.ImagePullSecrets.Select(one => one.Name)];
        for (int i = 0; i < pod.Spec.ImagePullSecrets.Count; i++)
        {
            string name = pod.Spec.ImagePullSecrets[i].Name;
            if (!pulls.Contains(name))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"imagePullSecrets[{i}].name=\"{name}\" is not allowed because service account {account.Metadata.Name} ")
                    + "does not reference that imagePullSecret";
            }
        }

        return null;
    }

    /// <summary>What the ephemeral containers of a pod refer to and may not.</summary>
    public static string? CheckEphemeral(Account account, Pod pod)
    {
        if (!IsEnforced(account))
        {
            return null;
        }

        HashSet<string> allowed = Secrets(account);
        return pod.Spec.EphemeralContainers
            .Select(one => one.EphemeralContainerCommon)
            .Select(one => CheckContainer($"ephemeral container {one.Name}", one.Env, one.EnvFrom, account, allowed))
            .FirstOrDefault(text => text is not null);
    }

    private static string? CheckContainer(
        string container, ApiList<EnvVar> env, ApiList<EnvFromSource> envFrom, Account account, HashSet<string> allowed)
    {
        foreach (EnvVar one in env)
        {
            string? name = one.ValueFrom?.SecretKeyRef?.LocalObjectReference.Name;
            if (name is not null && !allowed.Contains(name))
            {
                return $"{container} with envVar {one.Name} referencing secret.secretName=\"{name}\"{NotListed(account)}";
            }
        }

        foreach (EnvFromSource one in envFrom)
        {
            string? name = one.SecretRef?.LocalObjectReference.Name;
            if (name is not null && !allowed.Contains(name))
            {
                return $"{container} with envFrom referencing secret.secretName=\"{name}\"{NotListed(account)}";
            }
        }

        return null;
    }

    private static bool IsEnforced(Account account) =>
        account.Metadata.Annotations.GetValueOrDefault(Annotation)
            is "1" or "t" or "T" or "true" or "TRUE" or "True";

    private static HashSet<string> Secrets(Account account) => [.. account.Secrets.Select(one => one.Name)];

    private static string NotListed(Account account) =>
        $" is not allowed because service account {account.Metadata.Name} does not reference that secret";
}
