using Keelson.Commands.UserCommands;

namespace Keelson.Commands.Get;

/// <summary>The page of <c>keelson get</c>.</summary>
internal static class GetHelp
{
    public static CommandHelp Text { get; } = new(
        "Show one or many objects.",
        "(TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]")
    {
        Description = """
            Show one or many objects.

            The kinds are named as the server names them: in full, in the plural or the singular, by their short
            names (po, deploy, svc), with their group where two have the same name (deployments.apps), several
            separated by commas, or by a category (all). Lists come in the server's columns; -o chooses other forms.
            """,
        Examples = """
            # The pods of the namespace
            keelson get pods

            # All pods of the cluster, with their nodes and addresses
            keelson get pods -A -o wide

            # Deployments and services with a label
            keelson get deployments,services -l app=web

            # One object in full
            keelson get configmap/kube-root-ca.crt -o yaml

            # Names and images only
            keelson get pods -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.spec.containers[*].image}{"\n"}{end}'

            # What happens from now on
            keelson get pods --watch
            """,
    };
}
