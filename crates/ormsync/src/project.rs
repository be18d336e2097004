//! The sources, the dialect and the options of a run: from arguments first, then ormsync.toml, then what is
//! found.

mod choose;
mod database_setting;
mod dialect_agreement;
mod settings;
mod side;

use std::collections::BTreeMap;
use std::path::Path;

use ormsync_dialect::{Dialect, by_name};
use ormsync_diff::{Options, Override, OwnershipPatterns};
use ormsync_schema::{Diagnostic, Origin, Place, Server, Severity, SourceFiles};
use ormsync_sqlalchemy::ImportOptions;

pub(crate) use choose::{environment_for, sides, too_few};
pub(crate) use database_setting::{DatabaseSetting, begins_like_a_server, mask_files, mask_url};
pub(crate) use settings::Settings;
pub(crate) use side::{Location, Side};

use crate::command_line::{DialectOption, SourceOptions};
use crate::config::RuleLevel;
use crate::failure::{Failure, Result};
use crate::project::dialect_agreement::{Claim, agree};
use crate::suggestion::nearest;
use crate::{paths, providers, snapshot, source_argument};

/// All that a run needs to know before it reads.
#[derive(Debug)]
pub(crate) struct Project {
    /// The dialect that all sources are for.
    pub(crate) dialect: &'static dyn Dialect,
    /// The server that the dialect's name means, where no server is asked.
    pub(crate) assumed_server: Option<Server>,
    /// The sources, in the order of answers.
    pub(crate) sides: Vec<Side>,
    /// The namespace of tables that are declared without one, where something names it.
    pub(crate) default_namespace: Option<String>,
    /// Whether the configuration lists the namespaces to look at.
    pub(crate) namespaces: Vec<String>,
    /// How to compare.
    pub(crate) options: Options,
    /// How the project's own Python is asked, for the sides that are imported.
    pub(crate) import: ImportOptions,
    /// What was not understood of settings that would have been used.
    pub(crate) warnings: Vec<Diagnostic>,
    /// The files that messages about settings point into, passwords masked.
    pub(crate) files: SourceFiles,
    /// What is missing in the settings of other tools.
    pub(crate) advice: Vec<Diagnostic>,
}

impl Project {
    /// The project of `ormsync check`.
    ///
    /// # Errors
    /// When there are not two sources, when several candidates were found for one, or when they are for
    /// different dialects.
    pub(crate) fn for_check(
        settings: &Settings,
        sources: &SourceOptions,
        dialect: &DialectOption,
        truth: Option<&str>,
    ) -> Result<Self> {
        let sides = choose::sides(settings, sources)?;
        if sides.len() < 2 {
            return Err(choose::too_few(&sides, settings));
        }
        let truth = truth_of_check(settings, &sides, sources, truth)?;
        let mut files = settings.masked_files();
        let mut claims = claims_of_settings(settings, dialect);
        claims.extend(claims_of_sides(&sides, &mut files));
        let places = choose::witness_places(settings, &sides);
        let found = providers::find(&places);
        files.extend(found.files);
        mask_files(&mut files);
        let mut project = Self::new(settings, sides, dialect, truth, (claims, files))?;
        project.options.witnesses = found.witnesses;
        project.advice = providers::advice::missing(&places);
        Ok(project)
    }

    /// The project of `ormsync diff` and `ormsync inspect`: the sources as the command line names them.
    ///
    /// # Errors
    /// When a source is not recognised, or they are for different dialects.
    pub(crate) fn for_sources(
        settings: &Settings,
        sources: &[&str],
        dialect: &DialectOption,
        truth: Option<&str>,
    ) -> Result<Self> {
        let recognise = |source: &&str| source_argument::recognise(source, settings);
        let mut sides = sources.iter().map(recognise).collect::<Result<Vec<Side>>>()?;
        if let [from, to] = sides.as_mut_slice()
            && from.name == to.name
        {
            for (side, name) in [(from, "from"), (to, "to")] {
                side.label = format!("{} ({})", side.label, side.location.describe());
                side.name = name.to_owned();
            }
        }
        let truth = truth.map(|truth| known_truth(truth, &sides)).transpose()?;
        let mut files = settings.masked_files();
        let claims = claims_of_named_sides(settings, &sides, dialect, &mut files)?;
        let mut project = Self::new(settings, sides, dialect, truth, (claims, files))?;
        // Two schemas are compared with each other; what both say is the gate's business.
        project.options.differences_only = true;
        Ok(project)
    }

    /// A project of these sides, however many, without a truth.
    ///
    /// # Errors
    /// When they are for different dialects, or nothing names one.
    pub(crate) fn for_sides(settings: &Settings, sides: Vec<Side>, dialect: &DialectOption) -> Result<Self> {
        let mut files = settings.masked_files();
        let claims = claims_of_named_sides(settings, &sides, dialect, &mut files)?;
        Self::new(settings, sides, dialect, None, (claims, files))
    }

    fn new(
        settings: &Settings,
        mut sides: Vec<Side>,
        dialect: &DialectOption,
        truth: Option<String>,
        (claims, mut files): (Vec<Claim>, SourceFiles),
    ) -> Result<Self> {
        let assumed_server = assumed_server(settings, dialect);
        // Where every database is unusable its reason matters more than the dialect it would have named.
        if claims.is_empty() {
            let mut reasons: Vec<Diagnostic> = first_unusable(&sides).cloned().into_iter().collect();
            reasons.extend(reasons_for_silence(&sides, &mut files));
            if !reasons.is_empty() {
                return Err(Failure::from_diagnostics(reasons, files));
            }
        }
        let dialect = agree(&claims, &files)?;
        let file = settings.config.as_ref().map(|config| &config.file);
        let namespaces = file.and_then(|file| file.database.as_ref()).map(|section| section.schemas.clone());
        let namespaces = namespaces.unwrap_or_default();
        let options = Options {
            truth,
            ownership: ownership(settings),
            severities: severities(settings),
            overrides: overrides(settings),
            ..Options::default()
        };
        let default_namespace = default_namespace(settings, &sides, &namespaces);
        for side in sides.iter_mut().filter(|side| matches!(side.location, Location::SqlAlchemy(_))) {
            side.imports = settings.imports_models();
        }
        let import = settings.import_options();
        let warnings = settings.take_warnings(&mut files);
        let advice = Vec::new();
        Ok(Self {
            dialect,
            assumed_server,
            sides,
            default_namespace,
            namespaces,
            options,
            import,
            warnings,
            files,
            advice,
        })
    }
}

/// `mariadb` names a flavour, which matters where no server says what it is: a recent long-term version is meant.
fn assumed_server(settings: &Settings, option: &DialectOption) -> Option<Server> {
    let file = settings.config.as_ref().map(|config| &config.file);
    let configured = file.and_then(|file| file.dialect.as_ref()).map(|dialect| dialect.get_ref().as_str());
    match option.dialect.as_deref().or(configured) {
        Some("mariadb") => Some(Server {
            product: "MariaDB".to_owned(),
            version: vec![11, 4],
            version_text: "11.4 (assumed)".to_owned(),
        }),
        _ => None,
    }
}

fn first_unusable(sides: &[Side]) -> Option<&Diagnostic> {
    sides.iter().find_map(|side| match &side.location {
        Location::Unusable(diagnostic) => Some(&**diagnostic),
        _ => None,
    })
}

fn claim(name: &str, said_by: String, origin: &Origin) -> Option<Claim> {
    by_name(name).map(|dialect| Claim { dialect, said_by, origin: origin.clone() })
}

fn claim_of_option(option: &DialectOption) -> Option<Claim> {
    claim(option.dialect.as_deref()?, "--dialect".to_owned(), &Origin::nowhere())
}

/// What `--dialect`, else ormsync.toml, and alembic.ini say.
fn claims_of_settings(settings: &Settings, option: &DialectOption) -> Vec<Claim> {
    let mut claims: Vec<Claim> = claim_of_option(option).into_iter().collect();
    if claims.is_empty()
        && let Some(config) = &settings.config
        && let Some(dialect) = &config.file.dialect
    {
        let said_by = format!("`dialect` in {}", paths::display(&config.path));
        claims.extend(claim(dialect.get_ref().as_str(), said_by, &config.origin(dialect.span())));
    }
    if let Some((said_by, name, origin)) = settings.dialect_of_alembic() {
        claims.extend(claim(name, said_by, &origin));
    }
    claims
}

/// What names the dialect of sides that were given one by one: ormsync.toml is asked only where they don't say.
///
/// # Errors
/// When ormsync.toml is asked and its sides can't be told.
fn claims_of_named_sides(
    settings: &Settings,
    sides: &[Side],
    option: &DialectOption,
    files: &mut SourceFiles,
) -> Result<Vec<Claim>> {
    let mut claims: Vec<Claim> = claim_of_option(option).into_iter().collect();
    claims.extend(claims_of_sides(sides, files));
    if claims.is_empty() {
        claims = claims_of_settings(settings, option);
    }
    if claims.is_empty() && settings.names_sources() {
        // Models alone do not say; the sides that ormsync.toml names beside them do.
        let configured = choose::sides(settings, &SourceOptions::default())?;
        claims = claims_of_sides(&configured, files);
    }
    Ok(claims)
}

/// What the sides themselves say.
fn claims_of_sides(sides: &[Side], files: &mut SourceFiles) -> Vec<Claim> {
    let mut claims = Vec::new();
    for side in sides {
        match &side.location {
            Location::Prisma(path) => {
                if let Some(datasource) = ormsync_prisma::datasource(path) {
                    let said_by = format!("the datasource in {}", place_of(&datasource.origin, path));
                    claims.extend(claim(&datasource.provider, said_by, &datasource.origin));
                    keep_masked(&datasource.origin, files);
                }
            }
            Location::Database { url, .. } => {
                keep_masked(&side.origin, files);
                claims.extend(claim(url.dialect.name(), format!("the database URL {url}"), &side.origin));
            }
            Location::Snapshot(path) => {
                // One that cannot be read is told when it is read.
                if let Ok(dialect) = snapshot::dialect_of(path) {
                    claims.extend(claim(
                        &dialect,
                        format!("the snapshot {}", paths::display(path)),
                        &Origin::nowhere(),
                    ));
                }
            }
            Location::PrismaMigrations(path) => {
                if let Some((provider, origin)) = ormsync_prisma::read_migrations(path).provider {
                    claims.extend(claim(
                        &provider,
                        format!("migration_lock.toml in {}", paths::display(path)),
                        &origin,
                    ));
                    keep_masked(&origin, files);
                }
            }
            Location::Sql(path) => {
                // What is no text is told when it is read.
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let told = ormsync_dialect::scripts::tokens_of_one_server(&text);
                if let Some((_, dialect)) = told.first()
                    && told.iter().all(|(_, other)| other == dialect)
                {
                    let said_by = format!("the words of {}", paths::display(path));
                    claims.extend(claim(dialect, said_by, &Origin::nowhere()));
                }
            }
            Location::SqlAlchemy(_) | Location::Alembic(_) | Location::Empty | Location::Unusable(_) => {}
        }
    }
    claims
}

/// Why the sides that could name a dialect don't: what their readers have to say against them.
fn reasons_for_silence(sides: &[Side], files: &mut SourceFiles) -> Vec<Diagnostic> {
    let mut reasons = Vec::new();
    for side in sides {
        if let Location::Prisma(path) = &side.location {
            let reading = ormsync_prisma::read(path, &ormsync_prisma::ReadOptions::default());
            for mut diagnostic in reading.diagnostics.into_iter().filter(|it| it.severity == Severity::Error) {
                let is_read =
                    matches!(&diagnostic.origin.place, Place::File { path, .. } if reading.files.get(path).is_some());
                if !is_read && !side.origin.is_nowhere() {
                    // A file that is not there: the place to look at is the one that names it.
                    diagnostic.origin = side.origin.clone();
                }
                reasons.push(diagnostic);
            }
            files.extend(reading.files);
        }
    }
    mask_files(files);
    reasons
}

fn place_of(origin: &Origin, otherwise: &Path) -> String {
    match &origin.place {
        Place::File { path, .. } => path.to_string(),
        _ => paths::display(otherwise),
    }
}

/// Keeps the text of the file an origin points into, for excerpts; a password in a URL of it is masked.
fn keep_masked(origin: &Origin, files: &mut SourceFiles) {
    if let Place::File { path, .. } = &origin.place
        && let Ok(text) = std::fs::read_to_string(&**path)
    {
        files.insert(path.clone(), text);
        mask_files(files);
    }
}

/// The namespace of undeclared ones: the database URL's, else Prisma's own URL's, else the only one the
/// configuration reads.
fn default_namespace(settings: &Settings, sides: &[Side], namespaces: &[String]) -> Option<String> {
    let of_location = |location: &Location| match location {
        Location::Database { url, .. } => url.namespace().map(str::to_owned),
        _ => None,
    };
    let from_database = sides.iter().find_map(|side| of_location(&side.location));
    let from_prisma = || {
        let schema = sides.iter().find(|side| matches!(side.location, Location::Prisma(_)))?;
        let setting = choose::database_of_datasource(settings, &schema.location)?;
        of_location(&setting.resolve(&choose::environment_for(settings, Some(&schema.location))))
    };
    let only_one = || match namespaces {
        [only] => Some(only.clone()),
        _ => None,
    };
    from_database.or_else(from_prisma).or_else(only_one)
}

fn truth_of_check(
    settings: &Settings,
    sides: &[Side],
    sources: &SourceOptions,
    option: Option<&str>,
) -> Result<Option<String>> {
    if let Some(truth) = option {
        return known_truth(truth, sides).map(Some);
    }
    let Some(config) = &settings.config else { return Ok(None) };
    let Some(truth) = &config.file.truth else { return Ok(None) };
    let name = truth.get_ref().as_str();
    if sides.iter().any(|side| side.name == name) {
        return Ok(Some(name.to_owned()));
    }
    if name == "database" && sources.no_database {
        return Ok(None);
    }
    let message = format!("`truth` is {name}, but there is no such source");
    Err(config.failure("config-value", message, truth.span()).with_help(format!("add a section [{name}]")))
}

fn known_truth(truth: &str, sides: &[Side]) -> Result<String> {
    let names: Vec<&str> = sides.iter().map(|side| side.name.as_str()).collect();
    if names.contains(&truth) {
        return Ok(truth.to_owned());
    }
    let help = match nearest(truth, names.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the sources of this run are {}", names.join(", ")),
    };
    Err(Failure::new("usage", format!("--truth {truth}: there is no such source in this run")).with_help(help))
}

/// The configuration's ownership; the tools' own tables are left out.
fn ownership(settings: &Settings) -> OwnershipPatterns {
    let section = settings.config.as_ref().map(|config| config.file.ownership.clone()).unwrap_or_default();
    let own = ormsync_prisma::OWN_TABLES.iter().chain(ormsync_sqlalchemy::OWN_TABLES).map(|table| (*table).to_owned());
    OwnershipPatterns {
        by_source: vec![("prisma".to_owned(), section.prisma), ("sqlalchemy".to_owned(), section.sqlalchemy)],
        external: section.external,
        observed: section.observed,
        ignore: section.ignore.into_iter().chain(own).collect(),
    }
}

fn severities(settings: &Settings) -> BTreeMap<String, Option<ormsync_schema::Severity>> {
    let rules = settings.config.as_ref().map(|config| config.file.rules.clone()).unwrap_or_default();
    rules.levels.into_iter().map(|(rule, level)| (rule, level.severity())).collect()
}

fn overrides(settings: &Settings) -> Vec<Override> {
    let rules = settings.config.as_ref().map(|config| config.file.rules.clone()).unwrap_or_default();
    let severities = |levels: BTreeMap<String, RuleLevel>| {
        levels.into_iter().map(|(rule, level)| (rule, level.severity())).collect()
    };
    let overrides = rules.overrides.into_iter();
    overrides.map(|(pattern, levels)| Override { pattern, severities: severities(levels) }).collect()
}
